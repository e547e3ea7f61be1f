namespace Signalbox.Evidence.Registries;

public enum RegistryFailure
{
    /// <summary>It could not be reached, or does not let this caller in: nothing was learned.</summary>
    Unavailable,

    /// <summary>There is no such image.</summary>
    Missing,

    /// <summary>What it gave is not what it must be: other bytes than the digest, too much, or not what it says.</summary>
    Untrue,
}

/// <summary>A registry did not give what was asked for.</summary>
public sealed class RegistryException(RegistryFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public RegistryFailure Failure { get; } = failure;
}
