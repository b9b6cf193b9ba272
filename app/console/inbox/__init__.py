"""What waits for an office, as its people see it: on a telephone in the lane, live, and on paper."""
