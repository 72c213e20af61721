package storage

import (
	"maps"
	"slices"
)

// statistics are what SQLite's planner is told of the tables that grow: how
// many rows an index has, and how many of them agree in its first column, in
// its first two, and so on. Every index begins with retailer_id; knowing
// nothing, the planner takes it for a condition that leaves ten rows, and
// reads all units of a retailer where one serial number is asked for.
//
// They are round figures of an installation with two retailers and a million
// units, and they stay as they are, so that queries run tomorrow as they were
// tested today. ANALYZE puts the true ones in their place. PostgreSQL keeps
// its own.
var statistics = map[string]map[string]string{
	"product": {"sqlite_autoindex_product_1": "20000 10000 1", "sqlite_autoindex_product_2": "20000 10000 1"},
	"unit": {
		"sqlite_autoindex_unit_1": "1000000 500000 1", "unit_serial": "900000 450000 1", "unit_imei": "500000 250000 1",
		"unit_imei2": "200000 100000 1", "unit_product": "1000000 500000 200 1", "unit_model": "1000000 500000 50000 5000 50", "unit_replaces": "5000 2500 1",
	},
	"customer": {
		"sqlite_autoindex_customer_1": "600000 300000 1", "customer_phone": "500000 250000 1",
		"customer_phone_back": "500000 250000 1", "customer_email": "300000 150000 1",
	},
	"sale": {
		"sqlite_autoindex_sale_1": "1000000 500000 1", "sqlite_autoindex_sale_2": "1000000 500000 1",
		"sale_unit": "1000000 500000 1 1", "sale_customer": "1000000 500000 2", "sale_receipt": "900000 450000 2",
		"sale_certificate": "50000 25000 1",
	},
	"search_word": {
		"sqlite_autoindex_search_word_1": "3000000 1500000 500000 30 1", "search_word_object": "3000000 1500000 500000 3 1",
	},
	"request": {
		"sqlite_autoindex_request_1": "300000 150000 1", "sqlite_autoindex_request_2": "300000 150000 1",
		"request_due": "300000 150000 3 1", "request_state": "300000 150000 50000 3 1",
		"request_customer": "300000 150000 2", "request_unit": "300000 150000 2",
	},
	"request_message": {
		"sqlite_autoindex_request_message_1": "600000 300000 3 1", "sqlite_autoindex_request_message_2": "600000 300000 1",
	},
	"tracking": {"sqlite_autoindex_tracking_1": "300000 1", "tracking_request": "300000 150000 1"},
	"claim": {
		"sqlite_autoindex_claim_1": "300000 150000 1", "sqlite_autoindex_claim_2": "300000 150000 1",
		"claim_due": "300000 150000 10 1", "claim_state": "300000 150000 9000 5 1", "claim_count": "300000 150000 75000 9000 9000 5",
		"claim_owner": "300000 150000 20000 5 1", "claim_centre": "150000 75000 2000 2 1", "claim_assignee": "100000 50000 500 2 1",
		"claim_opened": "300000 150000 1 1", "claim_request": "300000 150000 1", "claim_customer": "300000 150000 2", "claim_unit": "300000 150000 1 1",
		"claim_serial": "280000 140000 1", "claim_imei": "200000 100000 1", "claim_imei2": "80000 40000 1",
	},
	"claim_refusal":  {"sqlite_autoindex_claim_refusal_1": "60000 30000 2 2 1"},
	"claim_event":    {"sqlite_autoindex_claim_event_1": "3000000 1500000 10 1"},
	"claim_deadline": {"sqlite_autoindex_claim_deadline_1": "900000 450000 3 1", "claim_deadline_open": "30000 15000 2"},
	"service_stay": {
		"sqlite_autoindex_service_stay_1": "300000 150000 1 1 1", "service_stay_claim": "300000 150000 1", "service_stay_open": "10000 5000 1",
	},
	"loan": {
		"sqlite_autoindex_loan_1": "50000 25000 1", "loan_claim": "50000 25000 1 1", "loan_next": "50000 25000 5000 3 1",
		"loan_loaner": "50000 25000 100",
	},
	"recovery": {
		"sqlite_autoindex_recovery_1": "300000 150000 1", "sqlite_autoindex_recovery_2": "300000 150000 3 1",
		"recovery_state": "300000 150000 20000 2000 2 1", "recovery_list": "300000 150000 2 1",
		"recovery_batch_lines": "300000 150000 200 1",
	},
	"shipment_leg": {
		"sqlite_autoindex_shipment_leg_1": "300000 1", "sqlite_autoindex_shipment_leg_2": "300000 150000 1",
		"shipment_leg_claim": "300000 150000 2 1", "shipment_leg_state": "300000 150000 30000 5 1", "shipment_leg_due": "300000 150000 5 1",
		"shipment_leg_under_way": "3000 1500 1",
	},
	"carrier_event": {"sqlite_autoindex_carrier_event_1": "900000 300000 1", "carrier_event_leg": "900000 450000 3 1"},
	"collect_warning": {
		"sqlite_autoindex_collect_warning_1": "30000 15000 1", "sqlite_autoindex_collect_warning_2": "30000 15000 2 2 1",
	},
	"money_entry": {
		"sqlite_autoindex_money_entry_1": "100000 50000 1", "money_entry_cause": "100000 50000 2 1 1", "money_entry_claim": "100000 50000 2 1 1",
		"money_entry_state": "100000 50000 12000 1 1", "money_entry_made": "100000 50000 1 1", "money_entry_certificate": "2000 1000 1",
	},
	"money_move": {"sqlite_autoindex_money_move_1": "400000 200000 4 1", "money_move_at": "400000 200000 2 1 1"},
	"audit": {
		"sqlite_autoindex_audit_1": "3000000 1500000 1", "audit_at": "3000000 1500000 2 1",
		"audit_object": "3000000 1500000 400000 10 1 1", "audit_action": "3000000 1500000 60000 1 1",
		"audit_actor": "3000000 1500000 20000 1 1",
	},
	"video_booking": {
		"sqlite_autoindex_video_booking_1": "20000 10000 1", "video_booking_start": "20000 10000 2 1", "video_booking_request": "20000 10000 1 1",
		"video_booking_seat": "15000 7500 2 1", "video_booking_one": "15000 7500 1",
	},
	"product_document": {"sqlite_autoindex_product_document_1": "20000 10000 1", "product_document_product": "20000 10000 2 1"},
	"document_file":    {"sqlite_autoindex_document_file_1": "15000 7500 1"},
	"sent_document":    {"sqlite_autoindex_sent_document_1": "20000 10000 1 1 1"},
	"job": {
		"sqlite_autoindex_job_1": "2000000 1", "sqlite_autoindex_job_2": "2000000 1", "job_due": "60000 2", "job_done": "1900000 2",
		"job_list": "2000000 1000000 2 1",
	},
	"alert": {
		"sqlite_autoindex_alert_1": "100000 50000 1", "sqlite_autoindex_alert_2": "100000 50000 2 1",
		"alert_role": "100000 50000 15000 2 1", "alert_at": "100000 50000 2 1", "alert_claim": "100000 50000 4",
	},
	"alert_seen":      {"sqlite_autoindex_alert_seen_1": "150000 75000 2 1"},
	"request_support": {"sqlite_autoindex_request_support_1": "60000 30000 1"},
}

// makeStatistics writes the statistics; ANALYZE makes their table, and its
// making tells open connections to read them.
func (d dialect) makeStatistics() []string {
	if d == postgresDialect {
		return nil
	}
	statements := []string{"ANALYZE", "DELETE FROM sqlite_stat1"}
	for _, table := range slices.Sorted(maps.Keys(statistics)) {
		for _, index := range slices.Sorted(maps.Keys(statistics[table])) {
			statements = append(statements,
				"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('"+table+"', '"+index+"', '"+statistics[table][index]+"')")
		}
	}
	return statements
}

func (d dialect) dropStatistics() []string {
	if d == postgresDialect {
		return nil
	}
	return []string{"DROP TABLE sqlite_stat1"}
}
