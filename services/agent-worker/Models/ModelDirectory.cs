using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models.Providers;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Models;

/// <inheritdoc/>
internal sealed class ModelDirectory : IModelDirectory
{
    private readonly Dictionary<string, IChatClient> _clients = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _offered;

    /// <param name="demo">The built-in model.</param>
    /// <param name="options">The default model, and who stands in for whom.</param>
    /// <param name="others">The further models.</param>
    /// <param name="registered">Those whose clients are in the container.</param>
    /// <param name="services">The container.</param>
    /// <param name="clients">Makes the clients of the providers.</param>
    /// <param name="chain">Makes one model of several.</param>
    /// <param name="abandoned">Counts the calls of added clients that do not stop.</param>
    /// <param name="logger">For those clients.</param>
    public ModelDirectory(
        IChatClient demo, IOptions<ModelOptions> options, IOptions<ModelsOptions> others, IEnumerable<RegisteredModel> registered, IServiceProvider services,
        ModelClients clients, Func<IReadOnlyList<Model>, ModelChain> chain, AbandonedWork abandoned, ILogger<LeavableChatClient> logger)
    {
        var sources = ModelRules.All(options.Value, others.Value, registered);
        var models = sources
            .Select(s => s.Provider switch
            {
                ModelProvider.Demo => new Model(s.Name, Model.Demo, Model.Demo, demo, ContinuesPrefix: true),
                ModelProvider.Custom => Custom(s, registered.First(r => r.Is(s.Name))),
                _ => clients.Create(s),
            })
            .ToDictionary(m => m.Name, StringComparer.OrdinalIgnoreCase);
        var fallback = options.Value.Fallback.Select(name => models[name]).ToList();
        foreach (var source in sources)
        {
            // the built-in one cannot fail, and is asked as it is
            _clients[source.Name] = source.Provider == ModelProvider.Demo ? demo : chain([models[source.Name], .. fallback.Where(m => m != models[source.Name])]);
        }

        All = [.. sources.Select(Describe)];
        Offered = [.. sources.Where(s => s.Offered).Select(Describe)];
        _offered = Offered.Select(m => m.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

        ModelDescription Describe(ModelSource source) => new() { Name = source.Name, Provider = models[source.Name].Provider };

        Model Custom(ModelSource source, RegisteredModel model)
        {
            var client = services.GetRequiredKeyedService<IChatClient>(model.Name);
            var metadata = client.GetService<ChatClientMetadata>();
            return new Model(
                source.Name, metadata?.ProviderName ?? source.ProviderName, metadata?.DefaultModelId ?? source.Name,
                new LeavableChatClient(client, source.Name, abandoned, logger), model.ContinuesPrefix);
        }
    }

    public IReadOnlyList<ModelDescription> All { get; }

    public IReadOnlyList<ModelDescription> Offered { get; }

    public IChatClient Choose(string? asked, string? agents) =>
        asked is null ? _clients[agents ?? All[0].Name]
        : _offered.Contains(asked) ? _clients[asked]
        : throw new UnknownModelException(asked);
}
