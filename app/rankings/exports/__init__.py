"""Rankings and the facts behind them, as files: CSV, JSON lines, Parquet."""
