"""What comes over the API: log lines and single events, stored in the transaction of the request that brought them."""
