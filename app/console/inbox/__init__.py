"""What waits for an office, as its people see it: in the lane, live, and on paper."""
