using OpsBot.Host.Bus;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Tests.Host.Bus;

public sealed class BusOptionsTests
{
    [Theory]
    [InlineData("amqp://ada:pass@broker", "rabbitmq://broker:5672/", "ada", "pass")]
    [InlineData("amqp://ada:p%40s%2Fs:x@broker:5673/prod", "rabbitmq://broker:5673/prod", "ada", "p@s/s:x")]
    [InlineData("amqps://ada:@broker/", "rabbitmqs://broker:5671/", "ada", "")]
    [InlineData(" amqp://ada:pass@[::1]:5672/\n", "rabbitmq://[::1]:5672/", "ada", "pass")]
    public void An_address_is_taken_apart(string text, string host, string user, string password) =>
        BrokerAddress.Parse(text).ShouldBe(new BrokerAddress(new Uri(host), user, password));

    [Theory]
    [InlineData("broker:5672")]
    [InlineData("http://ada:secret-word@broker")]
    [InlineData("amqp://broker")]
    [InlineData("amqp://:secret-word@broker")]
    [InlineData("amqp://ada@broker")]
    public void What_is_none_is_refused_with_the_next_step_and_without_the_password(string text)
    {
        var result = new BusOptionsValidator().Validate(null, new BusOptions { RabbitMq = text });

        result.FailureMessage.ShouldNotBeNull().ShouldStartWith("bus.rabbitmq: ");
        result.FailureMessage.ShouldContain("amqp://user:password@host");
        result.FailureMessage.ShouldNotContain("secret-word");
    }

    [Fact]
    public void A_setting_that_does_not_fit_is_a_problem_of_the_configuration_and_no_fault()
    {
        var loaded = OpsBotConfiguration.Parse("bus: { rabbitmq: amqp://ada:pass@broker, prefetch: many }", "opsbot.yaml");

        Should.Throw<ConfigurationRefusedException>(() => OpsBotServer.Build(loaded, new ServeSettings(Path.GetTempPath()))).Message.ShouldContain("prefetch");
    }

    [Fact]
    public void Without_a_broker_the_bus_is_in_memory() => new BusOptionsValidator().Validate(null, new BusOptions()).Succeeded.ShouldBeTrue();
}
