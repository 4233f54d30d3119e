using OpsBot.Runtime.Files;

namespace OpsBot.Tests.Runtime.Files;

public sealed class PathWalkTests : IDisposable
{
    private readonly string _root = PathWalk.Of(Directory.CreateTempSubdirectory("opsbot-walk-").FullName).Real;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Every_directory_on_the_way_is_named_those_behind_links_too()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real", "deep"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "absolute"), Path.Combine(_root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "deep", "up"), "../../absolute/deep");
        var walk = PathWalk.Of(Path.Combine(_root, "absolute", "deep", "up", "file"));
        walk.Real.ShouldBe(Path.Combine(_root, "real", "deep", "file"));
        walk.Passed[0].ShouldBe("/");
        walk.Passed.ShouldContain(_root);
        walk.Passed.TakeLast(2).ShouldBe([Path.Combine(_root, "real"), Path.Combine(_root, "real", "deep")]);
    }

    [Fact]
    public void Links_that_go_round_are_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(_root, "b"), "a");
        Should.Throw<IOException>(() => PathWalk.Of(Path.Combine(_root, "a"))).Message.ShouldContain("links");
    }
}
