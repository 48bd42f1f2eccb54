using MassTransit;

namespace StreamChat.Hosting.Bus;

/// <summary>What one service adds to the bus of its process. The standalone server adds three of them to one bus.</summary>
public interface IBusModule
{
    /// <summary>Registers consumers and request clients.</summary>
    /// <param name="bus">The bus's registration.</param>
    void AddConsumers(IBusRegistrationConfigurator bus);

    /// <summary>Declares what is published and which queues are consumed how, with <see cref="BusEndpoints"/>.</summary>
    /// <param name="context">To get consumers and services from.</param>
    /// <param name="bus">The bus being built.</param>
    void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus);
}
