"""The working parts that both services are built from; the protocol never imports them."""
