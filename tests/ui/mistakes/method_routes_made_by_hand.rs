use keystone_middleware::routing::{IntoMethodRoutes, MethodRoutes};

struct Mine(MethodRoutes);

impl IntoMethodRoutes<()> for Mine {
    fn into_method_routes(self) -> MethodRoutes {
        self.0
    }
}

fn main() {}
