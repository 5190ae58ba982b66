"""What a route is: the values it speaks, which number goes by which route, whether a route works."""
