using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Models;

/// <summary>One model as configured, with nothing left out.</summary>
/// <param name="Name">What requests and agents call it.</param>
/// <param name="Provider">Whose it is.</param>
/// <param name="Endpoint">Base address; null for the provider's own.</param>
/// <param name="ApiKey">The key, or null.</param>
/// <param name="ModelId">What the provider calls it.</param>
/// <param name="MaxOutputTokens">The most tokens that one reply may have, or null.</param>
/// <param name="ContinuesPrefix">Whether it goes on with an answer that has begun.</param>
/// <param name="Offered">Whether requests may name it.</param>
internal sealed record ModelSource(
    string Name, ModelProvider Provider, string? Endpoint, string? ApiKey, string? ModelId, int? MaxOutputTokens, bool ContinuesPrefix = false, bool Offered = true)
{
    /// <summary>The provider's name as events and metrics call it.</summary>
    public string ProviderName => Provider switch
    {
        ModelProvider.OpenAI => "openai",
        ModelProvider.Anthropic => "anthropic",
        ModelProvider.Custom => "custom",
        _ => "demo",
    };

    /// <summary>Without the key: records print all that they hold.</summary>
    public override string ToString() => $"{Name} ({ProviderName})";
}

/// <summary>What configured models are, and what makes one impossible. No message holds a value that may be a secret.</summary>
internal static class ModelRules
{
    private const string DemoName = "demo";
    private const int LongestName = 200;

    /// <summary>The default model first, then the others by name: those configured, then those registered.</summary>
    public static IReadOnlyList<ModelSource> All(ModelOptions model, ModelsOptions others, IEnumerable<RegisteredModel> registered)
    {
        var first = Default(model);
        return
        [
            first,
            .. others.OrderBy(m => m.Key, StringComparer.OrdinalIgnoreCase).Select(m => Named(m.Key, m.Value, model)),
            .. registered.Where(r => !r.Is(first.Name)).OrderBy(r => r.Name, StringComparer.OrdinalIgnoreCase).Select(Registered),
        ];
    }

    public static ModelSource Default(ModelOptions model)
    {
        var provider = model.Provider ?? ModelProvider.Demo;
        var name = provider == ModelProvider.Demo ? DemoName : model.Name ?? "";
        return new ModelSource(name, provider, Given(model.Endpoint), Given(model.ApiKey), Given(model.Name), model.MaxOutputTokens, model.ContinuesPrefix, model.Offered);
    }

    /// <summary>Whether an entry is another model of the default model's provider, at the same endpoint and with the same key.</summary>
    public static bool IsAnother(ModelSettings settings) => settings.Provider is null && Given(settings.Endpoint) is null;

    private static ModelSource Registered(RegisteredModel model) =>
        new(model.Name, ModelProvider.Custom, Endpoint: null, ApiKey: null, ModelId: null, MaxOutputTokens: null);

    public static ModelSource Named(string name, ModelSettings settings, ModelOptions model)
    {
        // never the default model's key for another endpoint: it would be given away
        var own = !IsAnother(settings);
        return new ModelSource(
            name,
            (own ? settings.Provider ?? ModelProvider.OpenAI : model.Provider) ?? ModelProvider.Demo,
            Given(own ? settings.Endpoint : model.Endpoint),
            Given(settings.ApiKey) ?? (own ? null : Given(model.ApiKey)),
            Given(settings.Name) ?? name,
            settings.MaxOutputTokens,
            settings.ContinuesPrefix,
            settings.Offered);
    }

    /// <summary>All that is wrong with one model, each with its key.</summary>
    public static IEnumerable<ValidationResult> Check(ModelSource model, string prefix)
    {
        if (!Enum.IsDefined(model.Provider))
        {
            yield return Wrong("Is not one of demo, openai, anthropic, custom.", prefix + nameof(ModelSettings.Provider));
        }
        else if (model.Provider == ModelProvider.Custom && prefix.Length > 0)
        {
            yield return Wrong("Is for the default model only: those added in code are there under their names.", prefix + nameof(ModelSettings.Provider));
        }

        if (!model.Offered && prefix.Length == 0)
        {
            yield return Wrong("Is for an entry of Models: a request without a model always gets the default one.", nameof(ModelSettings.Offered));
        }

        if (model.MaxOutputTokens is < 1)
        {
            yield return Wrong("Is at least 1.", prefix + nameof(ModelSettings.MaxOutputTokens));
        }

        if (model.Provider is ModelProvider.Demo or ModelProvider.Custom)
        {
            yield break;
        }

        if (model.ModelId is null || model.ModelId.Length > LongestName || model.ModelId.Any(char.IsControl))
        {
            yield return Wrong($"Is required for {model.ProviderName}: what the provider calls the model, at most {LongestName} characters.", prefix + nameof(ModelSettings.Name));
        }

        if (model.Endpoint is not null && !IsEndpoint(model.Endpoint))
        {
            yield return Wrong("Is not an http or https address without user, query and fragment.", prefix + nameof(ModelSettings.Endpoint));
        }

        if (model.ApiKey is null && model.Endpoint is null)
        {
            yield return Wrong($"Is required for {model.ProviderName} unless Endpoint names a server that wants none.", prefix + nameof(ModelSettings.ApiKey));
        }
        else if (model.ApiKey?.Any(c => c is <= ' ' or > '~') == true)
        {
            yield return Wrong("Has characters that no key has, such as spaces.", prefix + nameof(ModelSettings.ApiKey));
        }
    }

    private static bool IsEndpoint(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static ValidationResult Wrong(string message, string member) => new(message, [member]);
}
