using System.Globalization;
using OpsBot.Runtime.Secrets;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OpsBot.Host.Configuration;

/// <summary>
/// Reads YAML into a tree with positions. Only what a configuration needs is taken: one document of maps, lists and scalars, and the tag
/// <c>!file PATH</c> that puts a file's content in its place. Anchors, aliases, other tags and keys that are not scalars are problems, so no small
/// file can unfold into a large tree.
/// </summary>
internal sealed class YamlTree
{
    internal const int MaxDepth = 32;
    internal const int MaxNodes = 50_000;
    private const string FileTag = "!file";

    private readonly Parser _parser;
    private readonly string _text;
    private readonly string _file;
    private readonly string _baseFolder;
    private readonly List<ConfigProblem> _problems;
    private int _nodes;

    private YamlTree(string text, string file, string baseFolder, List<ConfigProblem> problems)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        (_text, _file, _baseFolder, _problems) = (text, file, baseFolder, problems);
    }

    /// <returns>The root map; null where the text is no readable YAML map, and then a problem says why.</returns>
    public static MapNode? Read(string text, string file, string baseFolder, List<ConfigProblem> problems) =>
        new YamlTree(text, file, baseFolder, problems).Read();

    private MapNode? Read()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.TryConsume<StreamEnd>(out _))
            {
                return new MapNode(new ConfigOrigin(_file, 0));
            }

            _parser.Consume<DocumentStart>();
            var root = Node(depth: 0);
            _parser.Consume<DocumentEnd>();
            if (!_parser.TryConsume<StreamEnd>(out _))
            {
                Report(_parser.Current!.Start, "a second document starts here ('---'); the configuration is one document");
                return null;
            }

            switch (root)
            {
                case MapNode map: return map with { Origin = new ConfigOrigin(_file, 0) };
                case ScalarNode { Value: null }: return new MapNode(new ConfigOrigin(_file, 0));
                case null: return null;
                default:
                    _problems.Add(root.Origin.Problem("the configuration must be 'section: ' lines at the top level; see deploy/opsbot.yaml"));
                    return null;
            }
        }
        catch (TreeLimitException)
        {
            return null;
        }
        catch (YamlException error)
        {
            _problems.Add(Explain(error));
            return null;
        }
    }

    private ConfigNode? Node(int depth)
    {
        var parsed = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
        {
            Report(parsed.Start, $"nested deeper than {MaxDepth} levels; the configuration needs far fewer");
            throw new TreeLimitException();
        }

        if (++_nodes > MaxNodes)
        {
            Report(parsed.Start, $"more than {MaxNodes} values; the configuration needs far fewer");
            throw new TreeLimitException();
        }

        if (parsed is NodeEvent { Anchor.IsEmpty: false })
        {
            Report(parsed.Start, "anchors ('&name') are not supported; write the value out where it is needed");
        }

        switch (parsed)
        {
            case Scalar scalar: return Value(scalar);
            case MappingStart map: return Map(map, depth);
            case SequenceStart list: return List(list, depth);
            default:
                Report(parsed.Start, "aliases ('*name') are not supported; write the value out where it is needed");
                return null;
        }
    }

    private ScalarNode? Value(Scalar scalar)
    {
        var origin = Origin(scalar.Start);
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            if (scalar.Tag.Value != FileTag)
            {
                Report(scalar.Start, "only the tag '!file PATH' is supported here; put the value in quotes instead");
                return null;
            }

            var (secret, error) = SecretFile.Read(scalar.Value, _baseFolder);
            if (error is not null)
            {
                Report(scalar.Start, error);
            }

            return secret is null ? null : new ScalarNode(secret, IsSecret: true, origin);
        }

        var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";
        return new ScalarNode(isNull ? null : scalar.Value, IsSecret: false, origin);
    }

    private MapNode Map(MappingStart start, int depth)
    {
        RefuseTag(start);
        var map = new MapNode(Origin(start.Start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (_parser.Current is not Scalar)
            {
                Report(_parser.Current!.Start, "a key must be one word, not a list, a map or an alias; put quotes around a value that starts with [, { or *");
                Node(depth + 1);
                Node(depth + 1);
                continue;
            }

            var key = _parser.Consume<Scalar>();
            if (!key.Anchor.IsEmpty)
            {
                Report(key.Start, "anchors ('&name') are not supported; write the value out where it is needed");
            }

            var value = Node(depth + 1);
            if (map.TryGet(key.Value, out var first))
            {
                Report(key.Start, $"the key {ShownText.Quote(key.Value)} stands twice, first in line {first.KeyOrigin.Line.ToString(CultureInfo.InvariantCulture)}; keep one of them");
            }
            else if (value is not null)
            {
                map.Set(new ConfigEntry(key.Value, Origin(key.Start), value));
            }
        }

        return map;
    }

    private ListNode List(SequenceStart start, int depth)
    {
        RefuseTag(start);
        var items = new List<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            if (Node(depth + 1) is { } item)
            {
                items.Add(item);
            }
        }

        return new ListNode(items, Origin(start.Start));
    }

    private void RefuseTag(NodeEvent start)
    {
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
        {
            Report(start.Start, "only the tag '!file PATH' is supported, on a single value");
        }
    }

    private ConfigProblem Explain(YamlException error)
    {
        var lines = _text.Split('\n');
        // the parser may notice a tab a line early or late
        for (var line = Math.Max(1, Line(error.Start) - 1); line <= Math.Min(lines.Length, Line(error.End) + 1); line++)
        {
            var text = lines[line - 1];
            if (text.AsSpan(0, text.Length - text.TrimStart(' ', '\t').Length).Contains('\t'))
            {
                return new ConfigProblem(_file, line, "this line is indented with a tab; YAML takes spaces only");
            }
        }

        return Origin(error.Start).Problem(
            $"this is not valid YAML: {ShownText.Bound(error.Message)}; look at the indentation, the colons and the quotes around here");
    }

    private void Report(Mark at, string message) => _problems.Add(Origin(at).Problem(message));

    private ConfigOrigin Origin(Mark at) => new(_file, Line(at));

    private static int Line(Mark at) => (int)Math.Min(at.Line, int.MaxValue);

    private sealed class TreeLimitException : Exception;
}
