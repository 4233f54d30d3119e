using FsCheck;
using FsCheck.Fluent;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

/// <summary>Whatever the arguments are, an action runs with the arguments it declares or not at all; and a hash is the same only for the same.</summary>
public sealed class PlannerProperties
{
    private static readonly ActionDefinition Action = Some.Action(o =>
    {
        o.Parameters = new() { ["a"] = new() { Pattern = "[ -~]+" }, ["b"] = new() { Unicode = true }, ["c"] = new() };
        o.Run = ["echo", "{a}", "x={b}", "{c}{a}", "[{state.s}]", "end"];
        o.Undo = ["echo", "{c}", "{state.s}"];
        o.State = ["echo"];
        o.Target = "t/{c}";
    });

    [Fact]
    public void Every_vector_has_the_declared_number_of_arguments_and_values_stay_inside_theirs() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Arb.From(Texts().Four()), texts =>
        {
            var (a, b, c, s) = texts;
            PlannedRun plan;
            try
            {
                plan = Some.Planner().Plan(Action, Some.Arguments(("a", a), ("b", b), ("c", c)), Some.Arguments(("s", s)));
            }
            catch (ActionRefusedException)
            {
                return;
            }

            plan.Run.Arguments.Skip(1).ShouldBe([a, $"x={b}", c + a, $"[{s}]", "end"]);
            plan.Undo!.Arguments.Skip(1).ShouldBe([c, s]);
            plan.Run.Arguments.Concat(plan.Undo.Arguments).ShouldAllBe(argument => argument.Length > 0 && argument[0] != '-' && !argument.Any(char.IsControl));
        }));

    [Fact]
    public void Two_proposals_have_one_hash_exactly_where_they_have_one_content() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(Content().Two()), pair =>
        {
            var (one, other) = pair;
            (Hash(one) == Hash(other)).ShouldBe(one.ToString() == other.ToString());
            Hash(one).ShouldBe(Hash(one with { Reverse = !one.Reverse }), "the order in which a map was filled is no content");
        }));

    private static string Hash(Bound bound)
    {
        IEnumerable<(string, string)> arguments = [("x", bound.X), ("y", bound.Y)];
        var map = Some.Arguments([.. bound.Reverse ? arguments.Reverse() : arguments]);
        var slot = new ProposalSlot(1, map, bound.Target, new(1, null, null), [bound.Run, bound.X], bound.HasUndo ? [bound.Y] : null, map, null);
        return ActionBinding.Of(Action, "production", [slot], Some.Arguments(("/bin/x", bound.File)), bound.Quorum).Hash;
    }

    private static Gen<string> Texts() => Gen.OneOf(
        Gen.Elements("a", "-a", "--", "x y", "{a}", "{state.s}", "{b}{c}", "", ";", "a\nb", "ä", "аb", "..", "/x", "a/b", "\0", "\u202e", "7"),
        Gen.Choose(' ', '~').Select(c => (char)c).ArrayOf().Select(characters => new string(characters)),
        Gen.Choose(0, 0xFFFF).Select(c => (char)c).ArrayOf().Select(characters => new string(characters)),
        Gen.Elements("abcXYZ019_.:/@+-".ToCharArray()).NonEmptyListOf().Select(characters => new string([.. characters])));

    private static Gen<Bound> Content()
    {
        // few values, so that equal contents happen; and such as a careless spelling would run together
        var text = Gen.Elements("a", "b", "ab", "", "\"", "\\", "a\",\"b", "ä", "null");
        return
            from x in text
            from y in text
            from target in Gen.Elements("t", "u")
            from run in Gen.Elements("r", "s")
            from undo in Gen.Elements(true, false)
            from file in Gen.Elements("1", "2")
            from quorum in Gen.Choose(1, 2)
            from reverse in Gen.Elements(true, false)
            select new Bound(x, y, target, run, undo, file, quorum, reverse);
    }

    private sealed record Bound(string X, string Y, string Target, string Run, bool HasUndo, string File, int Quorum, bool Reverse)
    {
        public override string ToString() => string.Join('\u0001', X, Y, Target, Run, HasUndo, File, Quorum);
    }
}
