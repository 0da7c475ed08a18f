/**
 * What the kernel can do, found by doing it: in a network namespace that goes away again. Trying also makes a stock
 * kernel load the module. Says `feature NAME` for each.
 *
 * IPVS is not tried: its netlink family wants CAP_NET_ADMIN of the machine itself (GENL_ADMIN_PERM in
 * net/netfilter/ipvs/ip_vs_ctl.c), so a user namespace never has it, whatever the kernel has.
 */
export const tryFeatures = `ip -force -batch - 2>/dev/null <<END
link add probe0 type veth peer name probe1
link add link probe0 name ipvlan type ipvlan mode l2
link add link probe1 name macvlan type macvlan mode bridge
link add name vxlan type vxlan id 1 dstport 4789 dev probe0
link add link probe0 name vlan type vlan id 10
END
for name in ipvlan macvlan vxlan vlan; do [ -e /proc/sys/net/ipv4/conf/$name ] && echo feature $name; done
tc qdisc add dev probe0 root netem delay 1ms 2>/dev/null && echo feature netem`

/** Goes behind the plan's script where nobody has tried before (the microvm's guest): says the features, then `probed`. */
export const featureScript = `
{ trap - ERR; unshare --net sh -c '${tryFeatures}
echo probed'; } &
`
