create table orders (id serial primary key, region text not null, amount numeric(12, 2) not null);
insert into orders (region, amount) values
  ('north', 120.50), ('north', 79.50), ('south', 410.00), ('west', 15.25), ('west', 30.00), ('west', 4.75);
