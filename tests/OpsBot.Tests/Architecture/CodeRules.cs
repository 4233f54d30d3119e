namespace OpsBot.Tests.Architecture;

/// <summary>What compiled code may not do.</summary>
internal static class CodeRules
{
    private static readonly string[] Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
    ];

    // a surface's wire format stays in its folder; its options and its registration are what the Host needs of it
    private static readonly string[] Surfaces = ["OpsBot.Chat.Slack", "OpsBot.Chat.Teams"];

    public static IEnumerable<string> ClockReads(CompiledAssembly assembly) =>
        assembly.Calls.Intersect(Clocks).Select(call => $"{assembly.Name} calls {call}; inject TimeProvider");

    public static IEnumerable<string> WireFormatLeaks(CompiledAssembly assembly) =>
        from signature in assembly.Signatures
        from surface in Surfaces
        where !IsIn(signature.Type, surface)
        from mention in signature.Mentions
        where IsIn(mention, surface) && !mention.EndsWith("Options", StringComparison.Ordinal)
        select $"{signature.Type}.{signature.Member} shows {mention}; only {surface} may know it";

    private static bool IsIn(string type, string ns) => type.StartsWith(ns + ".", StringComparison.Ordinal);
}
