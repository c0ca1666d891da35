//! The macros of keystone-sdk and keystone-middleware: auth_method, policy, policies, PolicyTarget.
