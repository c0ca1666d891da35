//! From resource specs to typed OpenStack clients.
