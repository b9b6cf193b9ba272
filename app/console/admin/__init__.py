"""The administrator's screen: keys, sessions, rules, the city's own data, health, exports."""
