using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>
/// The YAML head of a markdown file: scalars and lists of scalars at its top level. Deeper values (<c>metadata:</c>) are passed over.
/// Read event by event: nesting costs no stack and is bounded, an alias is never expanded.
/// </summary>
internal sealed class FrontMatter
{
    private const int MaxLines = 400;
    private const int MaxValues = 200;
    private const int MaxChars = 16_384;
    private const int MaxDepth = 20;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Lines of the file that the head takes, both fences included; 0 without one.</summary>
    internal int Lines { get; private init; }

    /// <summary>1-based line of a key; null where it is absent.</summary>
    internal int? LineOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Line : null;

    /// <summary>The values of a key: none, one for a scalar, or the items of a list.</summary>
    internal IReadOnlyList<string> Values(string key) => _entries.TryGetValue(key, out var entry) ? entry.Values : [];

    internal string? Value(string key) => Values(key) is [var one] && one.Length > 0 ? one : null;

    /// <param name="lines">The lines of the file.</param>
    /// <exception cref="RunbookFormatException">The head is not closed or is not YAML; with the line.</exception>
    internal static FrontMatter Read(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || lines[0].TrimEnd() != "---")
        {
            return new FrontMatter();
        }
        for (var i = 1; i < Math.Min(lines.Count, MaxLines); i++)
        {
            if (lines[i].TrimEnd() is "---" or "...")
            {
                var yaml = string.Join('\n', lines.Skip(1).Take(i - 1));
                if (yaml.Length > MaxChars)
                {
                    throw new RunbookFormatException(1, $"the front matter has {yaml.Length} characters, at most {MaxChars} are read");
                }
                var head = new FrontMatter { Lines = i + 1 };
                head.Parse(yaml);
                return head;
            }
        }
        throw new RunbookFormatException(1, $"the front matter that opens here is not closed by '---' within {MaxLines} lines");
    }

    private void Parse(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            string? key = null;
            var keyLine = 0;
            var depth = 0;
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case MappingStart or SequenceStart when depth == 0 && parser.Current is SequenceStart:
                        throw new RunbookFormatException(Line(parser), "the front matter is a list, it must be 'key: value' lines");
                    case MappingStart or SequenceStart:
                        // the scanner's time grows with the square of the nesting
                        if (++depth > MaxDepth)
                        {
                            throw new RunbookFormatException(Line(parser), $"the front matter is nested deeper than {MaxDepth} levels");
                        }
                        if (depth == 2 && key is not null)
                        {
                            _entries[key] = new Entry(keyLine, []);
                        }
                        break;
                    case MappingEnd or SequenceEnd:
                        depth--;
                        key = depth == 1 ? null : key;
                        break;
                    case Scalar scalar when depth == 0:
                        if (scalar.Value.Length > 0)
                        {
                            throw new RunbookFormatException(Line(parser), "the front matter must be 'key: value' lines");
                        }
                        break;
                    case Scalar scalar when depth == 1 && key is null:
                        key = scalar.Value;
                        keyLine = Line(parser);
                        if (_entries.ContainsKey(key))
                        {
                            throw new RunbookFormatException(keyLine, $"the key '{key}' stands twice; keep one");
                        }
                        break;
                    case Scalar scalar when depth == 1:
                        _entries[key!] = new Entry(keyLine, [scalar.Value.Trim()]);
                        key = null;
                        break;
                    case Scalar scalar when depth == 2 && key is not null && _entries[key].Values.Count < MaxValues:
                        _entries[key].Values.Add(scalar.Value.Trim());
                        break;
                    case AnchorAlias when depth == 1:
                        key = null;
                        break;
                    default:
                        break;
                }
            }
        }
        catch (YamlException e)
        {
            throw new RunbookFormatException((int)e.Start.Line + 1, $"the front matter is not YAML: {e.Message}");
        }
    }

    // one more for the opening fence
    private static int Line(IParser parser) => (int)parser.Current!.Start.Line + 1;

    private sealed record Entry(int Line, List<string> Values);
}

/// <summary>What is wrong with a runbook, and in which line.</summary>
internal sealed class RunbookFormatException(int line, string reason) : Exception(reason)
{
    internal int Line { get; } = line;
}
