using System.Text;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Catalog;

/// <summary>What people approve, as one hash: whatever would be done differently has another one.</summary>
internal static class ActionBinding
{
    /// <exception cref="ActionRefusedException">A text is no well-formed UTF-16, so that two of them could look the same to the hash.</exception>
    public static Binding Of(ActionDefinition action, string environment, IReadOnlyList<ProposalSlot> slots, IReadOnlyDictionary<string, string> files, int quorum)
    {
        var content = new Content(
            action.Name, action.Hash, environment,
            [.. slots.Select(slot => new Slot(slot.Number, slot.Arguments, slot.Target, slot.Run, slot.Undo, slot.State))],
            files, quorum);
        if (Texts(content).FirstOrDefault(text => text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)) is { } broken)
        {
            throw new ActionRefusedException($"{action.Name}: {ArgumentCheck.Shown(broken)} holds half a character or U+FFFD and cannot be approved.");
        }

        return new Binding(CanonicalJson.Hash(content), action.Hash, files);
    }

    private static IEnumerable<string> Texts(Content content) =>
    [
        content.Environment, .. content.Files.SelectMany(Both),
        .. content.Slots.SelectMany(slot => new[] { slot.Target }.Concat(slot.Run).Concat(slot.Undo ?? [])
            .Concat(slot.Arguments.SelectMany(Both)).Concat(slot.State.SelectMany(Both))),
    ];

    private static string[] Both(KeyValuePair<string, string> pair) => [pair.Key, pair.Value];

    private sealed record Content(
        string Action, string Definition, string Environment, IReadOnlyList<Slot> Slots, IReadOnlyDictionary<string, string> Files, int Quorum);

    private sealed record Slot(
        int Number, IReadOnlyDictionary<string, string> Arguments, string Target, IReadOnlyList<string> Run, IReadOnlyList<string>? Undo,
        IReadOnlyDictionary<string, string> State);
}
