CREATE TABLE shop.goods (id INT PRIMARY KEY, label VARCHAR(40), stock INT)
INSERT INTO shop.goods VALUES (1, 'lamp', 10), (2, 'chair', 20), (3, 'table', 30)
CREATE TABLE shop.journal (id INT AUTO_INCREMENT PRIMARY KEY, body VARCHAR(200))
CREATE FUNCTION shop.f_write(s VARCHAR(100)) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO shop.journal (body) VALUES (s); RETURN 1; END
CREATE FUNCTION shop.f_liar(s VARCHAR(100)) RETURNS INT READS SQL DATA BEGIN DELETE FROM shop.goods; RETURN 1; END
CREATE FUNCTION shop.f_pure(n INT) RETURNS INT DETERMINISTIC RETURN n * 2
CREATE PROCEDURE shop.p_write() INSERT INTO shop.journal (body) VALUES ('p')
CREATE PROCEDURE shop.p_prepares(q VARCHAR(200)) BEGIN SET @q = q; PREPARE p FROM @q; EXECUTE p; DEALLOCATE PREPARE p; END
CREATE VIEW shop.v_goods AS SELECT id, label FROM shop.goods
CREATE VIEW shop.v_calls AS SELECT id, shop.f_write(label) AS w FROM shop.goods
CREATE DATABASE vault
CREATE TABLE vault.secrets (id INT PRIMARY KEY, body VARCHAR(40))
INSERT INTO vault.secrets VALUES (1, 'closed')
CREATE USER victim@localhost IDENTIFIED BY 'Old-pass-1'
