"""Whistles 吹哨报到: the street's, and the departments' that it calls."""
