-- contract 0009: what claims were found by before they went by sender
drop index messages_kind_due;
drop index messages_held;
