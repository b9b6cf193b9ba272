"""What the citizen said: reached? contacted? resolved? satisfied?"""
