using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Options;

namespace StreamChat.UnitTests.Hosting;

/// <summary>No value of a setting is repeated when it is wrong: it may be a secret, or a secret that was pasted into the wrong place.</summary>
public sealed class SecretSettingTests
{
    private const string Canary = "cAnArY";

    private static readonly string[] Values =
    [
        Canary, $"amqp://user:{Canary}@[", $"amqp://user:{Canary}@host:port/vhost", $"http://user:{Canary}@host/{Canary}?key={Canary}", $"{Canary}://host",
        $" {Canary}\u0001\n' at 'Bus:Uri' to type 'System.{Canary}'.", $"Host=h;Password={Canary};Nonsense={Canary}",
    ];

    public static TheoryData<string> Sections => [.. Types().Select(t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_wrong_value_is_reported_by_its_key_alone(string typeName)
    {
        var type = Types().Single(t => t.FullName == typeName);
        var section = Section(type);
        foreach (var key in Keys(type, section).Distinct())
        {
            foreach (var value in Values)
            {
                foreach (var failure in Failures(type, section, key, value))
                {
                    Assert.DoesNotContain(Canary, failure, StringComparison.OrdinalIgnoreCase);
                    Assert.StartsWith($"{section}:", failure, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("Uri", "amqp://user:cAnArY@[")]
    [InlineData("Uri", "https://user:cAnArY@host")]
    [InlineData("Uri", "cAnArY")]
    [InlineData("Nodes:0", "user:cAnArY@host")]
    [InlineData("PublishTimeout", "cAnArY")]
    [InlineData("PublishTimeout", "x' at 'y' to type 'cAnArY'.")]
    public void The_bus_names_the_key(string key, string value)
    {
        var failure = Assert.Single(Failures(typeof(BusOptions), "Bus", $"Bus:{key}", value));
        Assert.StartsWith($"Bus:{key}: ", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_cannot_be_read_while_the_process_runs_is_reported_in_the_same_way()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Configure("Bus:Uri", $"amqp://user:{Canary}@["));
        services.AddValidatedOptions<BusOptions>("Bus");
        using var provider = services.BuildServiceProvider();
        var e = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<BusOptions>>().Value);
        Assert.Equal("Bus:Uri: cannot be converted to System.Uri", Assert.Single(e.Failures));
        Assert.DoesNotContain(Canary, e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_much_to_go_wrong() =>
        Assert.True(Types().Sum(t => Keys(t, Section(t)).Count(key => Values.Any(value => Failures(t, Section(t), key, value).Count > 0))) > 150);

    private static IConfiguration Configure(string key, string value) => new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

    private static IReadOnlyList<string> Failures(Type type, string section, string key, string value)
    {
        var read = typeof(ValidatedOptions).GetMethod(nameof(ValidatedOptions.GetValidatedOptions))!.MakeGenericMethod(type);
        try
        {
            read.Invoke(null, [Configure(key, value), section]);
            return [];
        }
        catch (TargetInvocationException e) when (e.InnerException is OptionsValidationException wrong)
        {
            Assert.DoesNotContain(Canary, wrong.ToString(), StringComparison.OrdinalIgnoreCase);
            return [.. wrong.Failures];
        }
    }

    private static string Section(Type type) =>
        (string)type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;

    private static IReadOnlyList<Type> Types() =>
    [
        .. new[]
            {
                typeof(StreamChat.Gateway.GatewayModule), typeof(StreamChat.AgentWorker.AgentWorkerModule), typeof(StreamChat.ToolWorker.ToolWorkerModule),
                typeof(StreamChat.Edge.EdgeApp), typeof(StreamChat.Hosting.StreamChatHost), typeof(StreamChat.Storage.StoreOptions),
            }
            .SelectMany(t => t.Assembly.GetTypes())
            .Where(t => t.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) is { IsLiteral: true })
            .Where(t => t.GetConstructor(Type.EmptyTypes) is not null),
    ];

    /// <summary>One key for each value that a section can hold; entries of lists and dictionaries have the names <c>0</c> and <c>x</c>.</summary>
    private static IEnumerable<string> Keys(Type type, string path)
    {
        if (type != typeof(string) && type.IsAssignableTo(typeof(IDictionary)))
        {
            return Keys(type.IsGenericType ? type.GetGenericArguments()[1] : type.BaseType!.GetGenericArguments()[1], $"{path}:x");
        }

        if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
        {
            return Keys(type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0], $"{path}:0");
        }

        return type.IsClass && type.Assembly.GetName().Name!.StartsWith("StreamChat.", StringComparison.Ordinal)
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(p => Keys(p.PropertyType, $"{path}:{p.Name}"))
            : [path];
    }
}
