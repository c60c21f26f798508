-- What examples/online-retail.mapping.yaml makes of each row: a line of an order.
INSERT INTO raw_line (import_id, source, line, order_key, sku, title, quantity, unit_price, total, currency)
SELECT 1, 'online_retail', rowNumberInAllBlocks() + 2, InvoiceNo, StockCode, Description, Quantity,
       toInt64(round(UnitPrice * 1000000)), toInt64(round(Quantity * UnitPrice * 100)), 'GBP'
FROM file({file:String}, 'CSVWithNames',
          'InvoiceNo String, StockCode String, Description String, Quantity Int64,
           InvoiceDate DateTime, UnitPrice Float64, CustomerID String, Country String')
