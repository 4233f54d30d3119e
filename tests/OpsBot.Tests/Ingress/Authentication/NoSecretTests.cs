using OpsBot.Ingress.Alertmanager;
using OpsBot.Ingress.Authentication;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Tests.Ingress.Authentication;

/// <summary>The check of the options refuses such a sender; should that ever fail, its door stays shut.</summary>
public sealed class NoSecretTests
{
    private static readonly WebhookHeaders NoHeaders = new(new Dictionary<string, string>());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sender_without_any_secret_is_believed_only_where_that_was_written_down(bool insecure)
    {
        new HmacSignature(new SignatureScheme("X-Signature", "v1="), [], insecure).Accepts(NoHeaders, "{}"u8).ShouldBe(insecure);
        new TokenAuthentication(new AlertmanagerOptions { Insecure = insecure }).Accepts(NoHeaders, "{}"u8).ShouldBe(insecure);
    }
}
