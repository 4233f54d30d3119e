-- expand: how conversations of a chat surface are reached; a program that does not know it goes by its configuration
create table chat_conversations (
  surface text not null,
  conversation text not null,
  service_url text not null,
  tenant text not null,
  -- the surface's own id of the bot there
  bot text,
  at bigint not null,
  primary key (surface, conversation)
);
create index chat_conversations_tenant on chat_conversations (surface, tenant, at);
