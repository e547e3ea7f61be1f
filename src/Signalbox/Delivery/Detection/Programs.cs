namespace Signalbox.Delivery.Detection;

/// <summary>How a program is written so that the service's user can start it.</summary>
internal sealed class Programs(DeliverySurroundings surroundings)
{
    /// <summary>
    /// The bare name, or the path of one further down the PATH where the first is closed to the users that services get
    /// (a version manager's, below root's home).
    /// </summary>
    /// <param name="name">Without a slash.</param>
    public string Named(string name) => DeliveryFileCheck.Reachable(name, surroundings) ?? name;

    /// <summary>Whether there is a PATH to look along.</summary>
    public bool AreKnown => !string.IsNullOrEmpty(surroundings.SearchPath);

    public bool IsThere(string name) => DeliveryFileCheck.Reachable(name, surroundings) is not null;
}
