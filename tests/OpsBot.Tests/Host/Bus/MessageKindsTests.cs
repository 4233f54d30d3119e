using OpsBot.Handlers;
using OpsBot.Host.Bus;
using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Host.Bus;

public sealed class MessageKindsTests
{
    [Fact]
    public void Each_kind_is_the_work_of_hosts_of_one_role()
    {
        var of = Enum.GetValues<HostRole>().ToDictionary(role => role, role => Kinds(role).Most.Keys.ToList());

        of[HostRole.Ingress].ShouldBeEmpty("it only writes rows");
        of[HostRole.Chat].ShouldBe(["thread.update-card", "thread.post-reply", "chat.post-card", "chat.post-reply", "chat.answer", "pagerduty.tell"]);
        of.Values.SelectMany(kinds => kinds).ShouldBe(Kinds().All, ignoreOrder: true);
    }

    [Fact]
    public void A_host_of_all_roles_handles_every_kind() =>
        Kinds(Enum.GetValues<HostRole>()).Most.Keys.ShouldBe(Kinds().All, ignoreOrder: true);

    private static MessageKinds Kinds(params HostRole[] roles) => new(new MessageOptions(), roles.ToHashSet());
}
