using System.Text;

namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>
/// The scalars of one Event (tensorflow/core/util/event.proto, framework/summary.proto): <c>simple_value</c>, and tensors of one element as
/// TensorFlow 2 writes them. Images, histograms, texts and graphs are passed over.
/// </summary>
/// <param name="At">Wall time of the event.</param>
internal sealed record EventRecord(DateTimeOffset? At, long Step, IReadOnlyList<(string Tag, double Value)> Scalars)
{
    private const int MaxValues = 1_000;
    private const int MaxTag = 300;

    /// <summary>Null where the bytes are no Event.</summary>
    public static EventRecord? Read(ReadOnlySpan<byte> record)
    {
        DateTimeOffset? at = null;
        var step = 0L;
        var scalars = new List<(string, double)>();
        var fields = new ProtoFields(record);
        while (fields.Next())
        {
            switch (fields.Field, fields.Wire)
            {
                case (1, 1):
                    at = fields.AsDouble is > 0 and < 1e11 and var seconds ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
                    break;
                case (2, 0):
                    step = (long)fields.Number;
                    break;
                case (5, 2):
                    Summary(fields.Bytes, scalars);
                    break;
            }
        }

        return fields.IsBroken || step < 0 ? null : new EventRecord(at, step, scalars);
    }

    private static void Summary(ReadOnlySpan<byte> summary, List<(string, double)> into)
    {
        var fields = new ProtoFields(summary);
        while (fields.Next() && into.Count < MaxValues)
        {
            if ((fields.Field, fields.Wire) == (1, 2) && Value(fields.Bytes) is { } scalar)
                into.Add(scalar);
        }
    }

    private static (string Tag, double Value)? Value(ReadOnlySpan<byte> value)
    {
        var tag = "";
        double? number = null;
        var plugin = "";
        var fields = new ProtoFields(value);
        while (fields.Next())
        {
            switch (fields.Field, fields.Wire)
            {
                case (1, 2):
                    tag = Encoding.UTF8.GetString(fields.Bytes.Length > MaxTag ? fields.Bytes[..MaxTag] : fields.Bytes);
                    break;
                case (2, 5):
                    number = fields.AsFloat;
                    break;
                case (8, 2):
                    number = ScalarTensor.Read(fields.Bytes);
                    break;
                case (9, 2):
                    plugin = PluginOf(fields.Bytes);
                    break;
            }
        }

        // settings of a run are written as values without a number, or under a plug-in of their own
        if (tag.Length == 0 || fields.IsBroken || plugin is not ("" or "scalars") || number is not { } scalar)
            return null;
        return (tag, scalar);
    }

    private static string PluginOf(ReadOnlySpan<byte> metadata)
    {
        var fields = new ProtoFields(metadata);
        while (fields.Next())
        {
            if ((fields.Field, fields.Wire) != (1, 2))
                continue;
            var plugin = new ProtoFields(fields.Bytes);
            while (plugin.Next())
            {
                if ((plugin.Field, plugin.Wire) == (1, 2))
                    return Encoding.UTF8.GetString(plugin.Bytes);
            }
        }

        return "";
    }
}
