-- The demo's sample data: 10,000 rows, the same on every machine. Plain SQL that MySQL and MariaDB both run.
DROP DATABASE IF EXISTS shop;
CREATE DATABASE shop CHARACTER SET utf8mb4;
USE shop;

CREATE TABLE customers (
  id INT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  email VARCHAR(120) NOT NULL UNIQUE,
  ssn CHAR(11) NOT NULL,
  card_number CHAR(19) NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE TABLE orders (
  id INT PRIMARY KEY,
  customer_id INT NOT NULL,
  status VARCHAR(20) NOT NULL,
  quantity INT NOT NULL,
  total_cents INT NOT NULL,
  placed_at DATETIME NOT NULL,
  FOREIGN KEY (customer_id) REFERENCES customers (id)
);
CREATE TABLE payments (
  id INT PRIMARY KEY,
  order_id INT NOT NULL,
  method VARCHAR(20) NOT NULL,
  amount_cents INT NOT NULL,
  paid_at DATETIME NOT NULL,
  FOREIGN KEY (order_id) REFERENCES orders (id)
);

-- 1 to 10,000.
CREATE TABLE digits (d INT PRIMARY KEY);
INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TABLE numbers (n INT PRIMARY KEY)
  SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 1 AS n FROM digits a, digits b, digits c, digits e;

INSERT INTO customers
  SELECT n,
    CONCAT(ELT(1 + n % 8, 'Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Tony'), ' ',
           ELT(1 + n DIV 8 % 7, 'Berg', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Haas'), ' ', n),
    CONCAT('customer', n, '@example.com'),
    CONCAT(LPAD(100 + n % 800, 3, '0'), '-', LPAD(1 + n * 7 % 99, 2, '0'), '-', LPAD(n * 37 % 10000, 4, '0')),
    CONCAT('4000-', LPAD(n * 13 % 10000, 4, '0'), '-', LPAD(n * 29 % 10000, 4, '0'), '-', LPAD(n * 53 % 10000, 4, '0')),
    '2025-01-01' + INTERVAL n HOUR
  FROM numbers WHERE n <= 2000;
INSERT INTO orders
  SELECT n, 1 + n * 17 % 2000, ELT(1 + n % 4, 'new', 'paid', 'shipped', 'returned'), 1 + n % 5, 500 + n * 97 % 20000,
    '2025-06-01' + INTERVAL n * 7 MINUTE
  FROM numbers WHERE n <= 5000;
INSERT INTO payments
  SELECT n, n, ELT(1 + n % 3, 'card', 'transfer', 'invoice'), (SELECT total_cents FROM orders o WHERE o.id = n),
    '2025-06-02' + INTERVAL n * 7 MINUTE
  FROM numbers WHERE n <= 3000;

DROP TABLE numbers, digits;
