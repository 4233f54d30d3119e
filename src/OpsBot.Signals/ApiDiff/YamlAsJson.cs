using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OpsBot.Signals.ApiDiff;

/// <summary>
/// A YAML document as JSON. Aliases are written out, but never to more than so many values and so deep: a small file can unfold into a large one,
/// and one that contains itself into an endless one.
/// </summary>
internal sealed partial class YamlAsJson
{
    private readonly List<ParsingEvent> _events = [];
    private readonly Dictionary<AnchorName, int> _anchors = [];
    private readonly Utf8JsonWriter _writer;
    private int _written;

    private YamlAsJson(Utf8JsonWriter writer) => _writer = writer;

    /// <exception cref="UnreadableApiException">It is no YAML, or unfolds into too much.</exception>
    public static string Convert(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = ApiReader.MaxDepth });
        try
        {
            new YamlAsJson(writer).Write(text);
        }
        catch (YamlException wrong)
        {
            throw new UnreadableApiException(
                string.Create(CultureInfo.InvariantCulture, $"the description is not valid YAML, line {wrong.Start.Line}: {ApiText.Short(wrong.Message)}"), wrong);
        }

        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(string text)
    {
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        for (var depth = 0; parser.Current is not DocumentEnd;)
        {
            var next = parser.Consume<ParsingEvent>();
            depth += next.NestingIncrease;
            // while it is read: the parser takes the longer for each word the deeper it is
            RequireShallow(depth);
            if (next is NodeEvent { Anchor.IsEmpty: false } node)
            {
                _anchors[node.Anchor] = _events.Count;
            }

            _events.Add(next);
            Count(_events.Count);
        }

        Node(0, depth: 0);
    }

    /// <returns>Where the events of the node end.</returns>
    private int Node(int at, int depth)
    {
        Count(++_written);
        RequireShallow(depth);
        switch (_events[at])
        {
            case AnchorAlias alias:
                Node(_anchors.TryGetValue(alias.Value, out var meant) ? meant : throw new UnreadableApiException($"the description refers to an anchor '{ApiText.Short(alias.Value.Value)}' that it does not have"), depth + 1);
                return at + 1;
            case Scalar scalar:
                Value(scalar);
                return at + 1;
            case SequenceStart:
                _writer.WriteStartArray();
                for (at++; _events[at] is not SequenceEnd;)
                {
                    at = Node(at, depth + 1);
                }

                _writer.WriteEndArray();
                return at + 1;
            default:
                _writer.WriteStartObject();
                for (at++; _events[at] is not MappingEnd;)
                {
                    if (_events[at] is not Scalar key)
                    {
                        throw new UnreadableApiException(string.Create(CultureInfo.InvariantCulture, $"the description has a key that is no word, line {_events[at].Start.Line}"));
                    }

                    _writer.WritePropertyName(key.Value);
                    at = Node(at + 1, depth + 1);
                }

                _writer.WriteEndObject();
                return at + 1;
        }
    }

    private void Value(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain)
        {
            _writer.WriteStringValue(scalar.Value);
            return;
        }

        switch (scalar.Value)
        {
            case "" or "~" or "null" or "Null" or "NULL": _writer.WriteNullValue(); break;
            case "true" or "True" or "TRUE": _writer.WriteBooleanValue(true); break;
            case "false" or "False" or "FALSE": _writer.WriteBooleanValue(false); break;
            case var number when JsonNumber().IsMatch(number): _writer.WriteRawValue(number); break;
            default: _writer.WriteStringValue(scalar.Value); break;
        }
    }

    private static void RequireShallow(int depth)
    {
        if (depth >= ApiReader.MaxDepth)
        {
            throw new UnreadableApiException($"the description is nested deeper than {ApiReader.MaxDepth} levels");
        }
    }

    private static void Count(int so)
    {
        if (so > ApiReader.MaxNodes)
        {
            throw new UnreadableApiException($"the description unfolds into more than {ApiReader.MaxNodes} values");
        }
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JsonNumber();
}
