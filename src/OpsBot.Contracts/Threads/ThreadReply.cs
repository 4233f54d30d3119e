namespace OpsBot.Contracts.Threads;

/// <summary>One reply in the thread of an incident, as posted.</summary>
/// <param name="DeliveryId">Names the reply for ever.</param>
/// <param name="Kind"><c>opened</c>, <c>diagnosis</c>, <c>state</c>, <c>notice</c>.</param>
public sealed record ThreadReply(string DeliveryId, DateTimeOffset At, string Kind, string Text);
