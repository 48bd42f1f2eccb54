using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Models.Providers.SemanticKernel;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker;

/// <summary>Hands the agent-worker models that configuration cannot describe.</summary>
public static class ModelRegistration
{
    /// <summary>
    /// Adds a model that requests and agents name like those that are configured, and that is asked as they are: with the same deadlines,
    /// attempts and fallbacks. It answers by default where <c>Model:Provider</c> is <c>custom</c> and <c>Model:Name</c> its name.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="name">What requests and agents call it, 1 to 100 characters; upper and lower case are one.</param>
    /// <param name="client">
    /// Makes the client, once; it is called by many runs at a time and disposed with the container. It streams, calls no tools by
    /// itself, and tries nothing again by itself.
    /// </param>
    /// <param name="continuesPrefix">
    /// Whether the model goes on with the last message when that is the assistant's, as it is when a run is taken over from a worker that died.
    /// When not, the reply that was under way then is made anew.
    /// </param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or another model was added under it.</exception>
    [OverloadResolutionPriority(1)]
    public static IServiceCollection AddModel(this IServiceCollection services, string name, Func<IServiceProvider, IChatClient> client, bool continuesPrefix = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(client);
        if (name.Length > RegisteredModel.LongestName)
        {
            throw new ArgumentException($"The name is longer than {RegisteredModel.LongestName} characters.", nameof(name));
        }

        if (services.Any(s => s.ServiceType == typeof(RegisteredModel) && s.ImplementationInstance is RegisteredModel other && other.Is(name)))
        {
            throw new ArgumentException($"Another model was added under the name '{name}'.", nameof(name));
        }

        services.AddKeyedSingleton(name, (provider, _) => client(provider));
        return services.AddSingleton(new RegisteredModel(name, continuesPrefix));
    }

    /// <summary>Adds a model that a connector of Semantic Kernel asks. All else is as for a model that is an <see cref="IChatClient"/>.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="name">What requests and agents call it, 1 to 100 characters; upper and lower case are one.</param>
    /// <param name="service">
    /// Makes the service, once; it is called by many runs at a time and disposed with the container. It streams and tries nothing again by
    /// itself. Functions are offered to it and not invoked by it.
    /// </param>
    /// <param name="continuesPrefix">
    /// Whether the model goes on with the last message when that is the assistant's, as it is when a run is taken over from a worker that died.
    /// When not, the reply that was under way then is repeated from its start.
    /// </param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or another model was added under it.</exception>
    public static IServiceCollection AddModel(
        this IServiceCollection services, string name, Func<IServiceProvider, IChatCompletionService> service, bool continuesPrefix = false)
    {
        ArgumentNullException.ThrowIfNull(service);
        return services.AddModel(
            name, IChatClient (provider) => new ChatServiceClient(service(provider), provider.GetRequiredService<IIdGenerator>()), continuesPrefix);
    }
}
