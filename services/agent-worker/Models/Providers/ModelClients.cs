using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Anthropic.Core;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using StreamChat.AgentWorker.Models.Providers.Anthropic;
using StreamChat.AgentWorker.Models.Providers.OpenAI;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker.Models.Providers;

/// <summary>Makes the clients of the providers. What they would do by themselves (trying again, deadlines, logs, spans) is off: all of it is ours.</summary>
internal sealed class ModelClients(TimeProvider time, IIdGenerator ids) : IDisposable
{
    private const int AnthropicTokens = 4096;
    private const string AnthropicEndpoint = "https://api.anthropic.com";

    // longer than any run: what a stream may take is decided where it is read
    private static readonly TimeSpan Unbounded = TimeSpan.FromHours(1);

    // a server of one's own that wants no key is sent one all the same; the clients insist
    private const string NoKey = "none";

    private static readonly Uri OpenAIEndpoint = new("https://api.openai.com/v1");

    private readonly HttpClient _http = ProviderHttp.NewClient(time);

    public Model Create(ModelSource source)
    {
        IChatClient client = source.Provider switch
        {
            ModelProvider.OpenAI => OpenAI(source),
            ModelProvider.Anthropic => Anthropic(source),
            _ => throw new InvalidOperationException($"{source.ProviderName} has no client."),
        };
        return new Model(source.Name, source.ProviderName, source.ModelId!, client, source.ContinuesPrefix);
    }

    public void Dispose() => _http.Dispose();

    private OpenAIChatClient OpenAI(ModelSource source)
    {
        var endpoint = source.Endpoint is null ? OpenAIEndpoint : new Uri(source.Endpoint);
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            EnableDistributedTracing = false,
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        };
        return new OpenAIChatClient(
            new ChatClient(source.ModelId, new ApiKeyCredential(source.ApiKey ?? NoKey), options),
            new OpenAIOptions(source.ModelId!, source.MaxOutputTokens, IsOpenAI: source.Endpoint is null),
            new ChatClientMetadata(source.ProviderName, endpoint, source.ModelId),
            ids);
    }

    private AnthropicChatClient Anthropic(ModelSource source)
    {
        var options = new ClientOptions
        {
            HttpClient = _http,
            ApiKey = source.ApiKey ?? NoKey,
            AuthToken = null,
            MaxRetries = 0,
            Timeout = Unbounded,
            OpenTelemetry = false,

            // said always: the client would else look into the environment for it
            BaseUrl = source.Endpoint?.TrimEnd('/') ?? AnthropicEndpoint,
        };
        return new AnthropicChatClient(new AnthropicClient(options).AsIChatClient(source.ModelId, source.MaxOutputTokens ?? AnthropicTokens));
    }
}
