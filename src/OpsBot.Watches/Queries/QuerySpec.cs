namespace OpsBot.Watches.Queries;

/// <summary>A metric query with what is expected of it, as it is kept with the watch.</summary>
/// <param name="Source">Name of the Prometheus server; null for the first.</param>
/// <param name="Expr">PromQL.</param>
/// <param name="For">So many intervals in a row count; one that is short of them is noise.</param>
/// <param name="Until">It is hoped for and ends the watch; otherwise it is to hold until the deadline.</param>
internal sealed record QuerySpec(string? Source, string Expr, string Op, double Value, int For, bool Until)
{
    public Condition Condition => Condition.Of(Op, Value);
}

/// <summary>What the judge of a query remembers.</summary>
/// <param name="InRow">Looks in a row at which the condition did not hold; with <see cref="QuerySpec.Until"/>, at which it did.</param>
/// <param name="Seen">Looks that saw something.</param>
/// <param name="Against">Of these, at how many the condition did not hold.</param>
/// <param name="Worst">The value that spoke most against it.</param>
/// <param name="IsBroken">It did not hold for long enough, and has not held again for long enough since.</param>
/// <param name="GoodInRow">Looks in a row at which it held again.</param>
internal sealed record QueryState(int InRow, long Seen, long Against, double? Worst, bool IsBroken, int GoodInRow)
{
    public static readonly QueryState Begin = new(0, 0, 0, null, false, 0);
}
