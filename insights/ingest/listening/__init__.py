"""Lines that come over syslog: cut out of datagrams and connections, given to who sent them, queued and stored."""
