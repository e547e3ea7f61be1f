namespace Signalbox.Delivery.Detection;

/// <summary>What a detector looks at, and whom it tells.</summary>
/// <param name="Service">The name of the service it is to propose.</param>
internal sealed record Scene(SourceTree Tree, string Service, Notes Notes, Programs Programs);
