-- What examples/online-retail.mapping.yaml makes of the rows together: orders.
INSERT INTO raw_order (import_id, source, line, order_key, kind, status, ordered_at, total, currency,
                       customer_id, country)
SELECT 1, 'online_retail', min(rowNumberInAllBlocks()) + 2, InvoiceNo,
       if(startsWith(InvoiceNo, 'C'), 'return', 'sale'), 'paid',
       toDateTime64(any(InvoiceDate), 6, 'UTC'), toInt64(round(sum(Quantity * UnitPrice) * 100)),
       'GBP', any(CustomerID), any(Country)
FROM file({file:String}, 'CSVWithNames',
          'InvoiceNo String, StockCode String, Description String, Quantity Int64,
           InvoiceDate DateTime, UnitPrice Float64, CustomerID String, Country String')
GROUP BY InvoiceNo
