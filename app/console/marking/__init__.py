"""Streets mark departments, 部门评价: the form of a period, and what a department reads of it."""
