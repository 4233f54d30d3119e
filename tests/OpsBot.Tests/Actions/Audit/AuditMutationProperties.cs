using FsCheck;
using FsCheck.Fluent;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Audit;

/// <summary>Whatever one does to the table without the key is found, and the first row that does not hold is named.</summary>
public sealed class AuditMutationProperties
{
    private const int Rows = 12;

    private static readonly Gen<Meddling> Meddlings = Gen.OneOf(
        from row in Gen.Choose(1, Rows)
        from column in Gen.Elements("at", "kind", "actor", "subject", "body", "mac")
        from how in Gen.Choose(0, 3)
        select Meddling.Edit(row, column, how),
        from row in Gen.Choose(1, Rows)
        from away in Gen.Choose(1, 1000)
        select new Meddling($"update audit set seq = {Rows + away} where seq = {row}", row),
        from row in Gen.Choose(1, Rows)
        select new Meddling($"delete from audit where seq = {row}", row),
        from one in Gen.Choose(1, Rows)
        from two in Gen.Choose(1, Rows)
        where one < two
        select Meddling.Swap(one, two),
        from row in Gen.Choose(1, Rows)
        from to in Gen.Elements(0, -1, Rows + 1)
        select new Meddling(
            $"insert into audit (seq, at, kind, actor, subject, body, mac) select {to}, at, kind, actor, subject, body, mac from audit where seq = {row}",
            to == Rows + 1 ? Rows + 1 : 1),
        from keep in Gen.Choose(0, Rows - 1)
        select new Meddling($"delete from audit where seq > {keep}", keep + 1),
        from keep in Gen.Choose(1, Rows - 1)
        select new Meddling($"delete from audit where seq <= {keep}; update audit set seq = {keep} - seq; update audit set seq = -seq", 1),
        from forged in Gen.Elements("", "00", new string('0', 64))
        select new Meddling(
            $"insert into audit (seq, at, kind, actor, subject, body, mac) values ({Rows + 1}, 1, 'approved', 'mallory', 'PROP-1 v1', '{{}}', '{forged}')", Rows + 1));

    [Fact]
    public async Task Any_single_change_is_found()
    {
        await using var audit = new AuditFixture();
        await audit.AppendManyAsync(Rows);
        await audit.Anchors.AnchorAsync(TestContext.Current.CancellationToken);
        await audit.MeddleAsync("create table kept as select * from audit; update audit set mac = mac");
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
        var seen = 0;
        foreach (var meddling in Gen.Sample(Meddlings, 300, 300).Distinct())
        {
            await audit.MeddleAsync(meddling.Sql);
            var finding = await audit.VerifyAsync();
            finding.BadSeq.ShouldBe(meddling.FirstBad, $"{meddling.Sql}: {finding.Reason}");
            await audit.MeddleAsync("delete from audit; insert into audit select * from kept");
            seen++;
        }

        seen.ShouldBeGreaterThan(80);
        (await audit.VerifyAsync()).Holds.ShouldBeTrue();
    }

    private sealed record Meddling(string Sql, int FirstBad)
    {
        public static Meddling Edit(int row, string column, int how) => new(
            (column, how) switch
            {
                ("at", 0) => $"update audit set at = at + 1 where seq = {row}",
                ("at", _) => $"update audit set at = {(TestEngine.IsPostgres ? "-7" : "'soon'")} where seq = {row}",
                ("mac", 0) => $"update audit set mac = (select mac from audit where seq = {(row % Rows) + 1}) where seq = {row}",
                (_, 1) => $"update audit set {column} = {column} || ' ' where seq = {row}",
                (_, 2) => $"update audit set {column} = '' where seq = {row}",
                (_, 3) => $"update audit set {column} = {(TestEngine.IsPostgres ? "'no'" : "x'ff00'")} where seq = {row}",
                _ => $"update audit set {column} = upper({column}) || 'x' where seq = {row}",
            },
            row);

        public static Meddling Swap(int one, int two) => new(
            $"update audit set seq = -1 where seq = {one}; update audit set seq = {one} where seq = {two}; update audit set seq = {two} where seq = -1", one);
    }
}
