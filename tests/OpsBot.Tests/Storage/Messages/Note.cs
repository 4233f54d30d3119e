using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>The simplest message there is.</summary>
public sealed record Note(string Text) : IMessage
{
    public static string Kind => "test.note";

    /// <summary>A delivery of one note.</summary>
    public static Delivery Delivered(string key, string text, string? stream = null) => new(
        "test", key, [new DeliveredMessage(Kind, stream ?? "test/" + key, JsonSerializer.Serialize(new Note(text), OpsBotJson.Options))]);

    /// <summary>An effect that changes nothing.</summary>
    public static Effect Nothing { get; } = _ => Task.CompletedTask;
}

internal static class NoteHandling
{
    /// <summary>Handles a claimed note as a consumer would.</summary>
    public static Task HandleAsync(this StoreFixture store, ClaimedMessage row, Action<Note> seen) => store.Handling.HandleAsync<Note>(
        row.Id,
        row.LeaseToken,
        (note, _) => Task.FromResult<Effect>(_ =>
        {
            seen(note);
            return Task.CompletedTask;
        }),
        TestContext.Current.CancellationToken);
}
