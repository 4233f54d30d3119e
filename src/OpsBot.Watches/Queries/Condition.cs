using System.Globalization;

namespace OpsBot.Watches.Queries;

/// <summary>A comparison with a number: <c>&gt;= 0.78</c>.</summary>
internal sealed record Condition(string Op, double Value)
{
    public static readonly IReadOnlyList<string> Operators = [">=", "<=", "==", "!=", ">", "<"];

    /// <exception cref="FormatException">The operator is none of ours, or the number no number.</exception>
    public static Condition Of(string op, double value)
    {
        if (!Operators.Contains(op))
            throw new FormatException($"'{op}' compares nothing; write one of {string.Join(' ', Operators)}");
        if (!double.IsFinite(value))
            throw new FormatException("the number must be finite");
        return new Condition(op, value);
    }

    public bool Holds(double value) => Op switch
    {
        ">=" => value >= Value,
        "<=" => value <= Value,
        ">" => value > Value,
        "<" => value < Value,
        "==" => value == Value,
        _ => value != Value,
    };

    /// <summary>The value that speaks most against it.</summary>
    public double Worst(IEnumerable<double> values) => Op switch
    {
        ">=" or ">" => values.Min(),
        "<=" or "<" => values.Max(),
        "==" => values.MaxBy(value => Math.Abs(value - Value)),
        _ => values.MinBy(value => Math.Abs(value - Value)),
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Op} {Value:0.######}");
}
