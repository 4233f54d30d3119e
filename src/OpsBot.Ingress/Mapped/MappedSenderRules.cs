using System.Text.RegularExpressions;

namespace OpsBot.Ingress.Mapped;

/// <summary>What must hold of a mapped sender before it is let in.</summary>
internal static partial class MappedSenderRules
{
    private const string NameForm = "1 to 40 of a-z, 0-9 and -, a letter first: it stands in the address";

    /// <summary>Whether it proves itself in a way that only mapped senders have.</summary>
    public static bool HasOwnProof(MappedSenderOptions own) =>
        own.Bearer is null && own.Basic is null && (own.Header is not null || own.Query is not null || own.Signature is not null);

    public static IEnumerable<string> Problems(string section, string name, MappingOptions mapping)
    {
        if (!Name().IsMatch(name))
            yield return $"{section}: '{name}' is no name of a mapping; take {NameForm}";
        foreach (var problem in Mapping.Problems($"{section}.{name}", mapping))
            yield return problem;
    }

    public static IEnumerable<string> Problems(string key, string source, MappedSenderOptions own, SendersOptions options, MappingLibrary library)
    {
        if (!Name().IsMatch(source))
            yield return $"{key}: '{source}' is no name of a sender; take {NameForm}";
        if (Senders.All.Any(sender => sender.Source.Equals(source, StringComparison.OrdinalIgnoreCase)))
            yield return $"{key}: '{source}' is a sender of its own; set {SendersOptions.Section}.{source}, or take another name";
        if (library.Find(options, own.Mapping ?? source) is null)
        {
            yield return $"{key}{(own.Mapping is null ? "" : ".mapping")}: there is no mapping '{own.Mapping ?? source}'; "
                + $"there are {string.Join(", ", library.Names(options).DefaultIfEmpty("none"))}. Write it under {SendersOptions.Section}.mappings";
        }

        foreach (var problem in Texts(key, own).Concat(Proofs(key, own)))
            yield return problem;
    }

    private static IReadOnlyList<string> Texts(string key, MappedSenderOptions own)
    {
        var report = new MappingReport(key);
        report.Optional("service", own.Service);
        report.Optional("environment", own.Environment);
        return report.Problems;
    }

    private static IEnumerable<string> Proofs(string key, MappedSenderOptions own)
    {
        foreach (var (word, named) in new[] { ("header", own.Header), ("query", own.Query) })
        {
            if (named is not null && (!Field().IsMatch(named.Name) || string.IsNullOrWhiteSpace(named.Token)))
                yield return $"{key}.{word} needs a name of letters, digits, - and _, and a token; one is blank or wrong. Is the environment variable behind it set?";
        }

        if (own.Signature is not { } signature)
            yield break;
        if (!Field().IsMatch(signature.Header))
            yield return $"{key}.signature.header is not the name of a header; write the one that the signature comes in";
        if (signature.Secrets.Count == 0 || signature.Secrets.Any(string.IsNullOrWhiteSpace))
            yield return $"{key}.signature.secrets: needs a secret, and none that is blank: anybody can sign with that. Is the environment variable behind it set?";
        if (signature.Prefix.Contains(',', StringComparison.Ordinal))
            yield return $"{key}.signature.prefix: a comma stands between two signatures and cannot be part of one";
        if (own.Bearer is not null || own.Basic is not null || own.Header is not null || own.Query is not null)
            yield return $"{key}.signature: a token beside it would let in whoever cannot sign; take one of them out";
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,39}\z", RegexOptions.None, 500)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,60}\z", RegexOptions.None, 500)]
    private static partial Regex Field();
}
